//! Stories: what people do and what they see, end to end on real parts.

mod api;
mod note;
