//! Where in a plan document the lists stand that grow with a stack.

/// What is expected at a place of the document. What is there instead is kept parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// The document.
    Root,
    /// `planned_values`, and the values of `prior_state`.
    Values,
    /// `prior_state`.
    State,
    /// A module of values.
    Module,
    /// Modules within one of values.
    Modules,
    /// `configuration`.
    Configuration,
    /// A module of the code.
    Code,
    /// The calls of modules, by name.
    Calls,
    /// One of them.
    Call,
    /// One of the lists.
    Items,
    /// Anything else.
    Other,
}

impl Shape {
    /// What is expected of a member.
    pub(crate) fn below(self, name: &str) -> Self {
        match (self, name) {
            (Self::Root, "resource_changes" | "resource_drift" | "deferred_changes") => Self::Items,
            (Self::Root, "planned_values") => Self::Values,
            (Self::Root, "prior_state") => Self::State,
            (Self::Root, "configuration") => Self::Configuration,
            (Self::State, "values") => Self::Values,
            (Self::Values, "root_module") => Self::Module,
            (Self::Module, "child_modules") => Self::Modules,
            (Self::Module | Self::Code, "resources") => Self::Items,
            (Self::Configuration, "root_module") | (Self::Call, "module") => Self::Code,
            (Self::Code, "module_calls") => Self::Calls,
            (Self::Calls, _) => Self::Call,
            _ => Self::Other,
        }
    }

    /// Whether an object is expected.
    pub(crate) fn is_object(self) -> bool {
        !matches!(self, Self::Modules | Self::Items | Self::Other)
    }
}
