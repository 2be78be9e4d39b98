//! The forge's pages in a real browser: the story as a person plays it, and whether everybody can read them.

#[cfg(test)]
mod broken;
#[cfg(test)]
mod forms;
#[cfg(test)]
mod looks;
#[cfg(test)]
mod picture;
#[cfg(test)]
mod story;
