//! What freeze windows say: times that can be read, in zones that exist, under names that differ.

use super::Checking;
use crate::config::repository::freeze::{self, Window};

/// Longest name of a window, in characters: it stands in titles.
const NAME_LIMIT: usize = 40;

impl Checking<'_> {
    pub(super) fn freezes(&mut self) {
        let config = self.config;
        if let Some(zone) = &config.timezone
            && let Err(wrong) = freeze::parse_zone(zone)
        {
            self.error(&["timezone"], wrong.what, wrong.hint);
        }
        let mut names = Vec::new();
        for (index, window) in config.freeze.iter().enumerate() {
            self.window(&["freeze", &index.to_string()], window, &mut names);
        }
        for (name, environment) in &config.environments {
            for (index, window) in environment.freeze.iter().enumerate() {
                self.window(&["environments", name, "freeze", &index.to_string()], window, &mut names);
            }
        }
    }

    fn window<'w>(&mut self, at: &[&str], window: &'w Window, names: &mut Vec<&'w str>) {
        let config = self.config;
        let below = |key: &'static str| {
            let mut path = at.to_vec();
            path.extend((!key.is_empty()).then_some(key));
            path
        };
        let name = window.name.trim();
        if name.is_empty() {
            self.error(at, "the window has no name", "add name: year end");
        } else if name.chars().count() > NAME_LIMIT {
            self.error(&below("name"), "the name is too long", "write at most 40 characters");
        } else if names.contains(&name) {
            let what = format!("another window is called {} too", name.escape_debug());
            self.error(&below("name"), what, "give each window a name of its own");
        } else {
            names.push(name);
        }
        if let Some(wrong) = freeze::problem(window, config.timezone()) {
            self.error(&below(wrong.key), wrong.what, wrong.hint);
        }
        for (index, team) in window.overriders.teams.iter().enumerate() {
            let index = index.to_string();
            let mut path = below("override");
            path.extend(["teams", index.as_str()]);
            self.team(&path, team);
        }
    }
}
