//! pages
use crate::rest::serve::Incoming;
use crate::server::plain;
use crate::state::World;
use axum::response::Response;
pub(crate) fn answer(_: &mut World, _: &Incoming) -> Response {
    plain(404, "no such page")
}
