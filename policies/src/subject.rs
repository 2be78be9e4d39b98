//! What rules and prices are asked of: one resource with its values before and after, where plan and code are one.

use std::cell::OnceCell;

use serde_json::Value as Json;
use tfpilot_hcl::Value;
use tfpilot_plan::{Operation, RedactedPlan, ResourceChange};

use crate::address::{code_address, module_names};
use crate::arranged::arranged;
use crate::code::{self, Index, Keys, Written};
use crate::language::Plans;
use crate::region::{self, Region};
use crate::relations::{Identity, Relations};
use crate::report::Stage;
use crate::skips::Skip;
use crate::values;
use crate::wiring::{Resource, Wiring};
use crate::{Context, Location};

/// Everything around a resource.
#[derive(Debug)]
pub(crate) struct World<'a> {
    /// None before the plan.
    pub(crate) plan: Option<&'a RedactedPlan>,
    pub(crate) wiring: Wiring<'a>,
    pub(crate) index: Option<Index<'a>>,
    pub(crate) context: &'a Context,
    pub(crate) plans: Plans<'a>,
    pub(crate) relations: Relations,
}

impl World<'_> {
    /// When it is: before the plan, or after it.
    pub(crate) fn stage(&self) -> Stage {
        if self.plan.is_none() { Stage::BeforePlan } else { Stage::AfterPlan }
    }
}

/// One resource instance.
#[derive(Debug)]
pub(crate) struct Subject<'w, 'a> {
    pub(crate) world: &'w World<'a>,
    pub(crate) modules: Vec<String>,
    pub(crate) kind: &'w str,
    pub(crate) name: &'w str,
    pub(crate) operation: Operation,
    /// None before the plan.
    pub(crate) change: Option<&'w ResourceChange>,
    written: OnceCell<Option<Written<'w, 'a>>>,
    planned: OnceCell<Option<&'w Resource<'a>>>,
    pub(crate) known: Known,
}

/// What many rules want to know of one resource, found out once.
#[derive(Debug, Default)]
pub(crate) struct Known {
    in_code: OnceCell<String>,
    pub(crate) identity: OnceCell<Identity>,
    pub(crate) place: OnceCell<Option<(&'static str, Value)>>,
    pub(crate) tags: OnceCell<Option<(&'static str, Keys)>>,
}

impl<'w, 'a> Subject<'w, 'a> {
    /// A resource of a plan.
    pub(crate) fn of_change(world: &'w World<'a>, change: &'w ResourceChange) -> Self {
        Self {
            world,
            modules: module_names(change.module_address.as_deref().unwrap_or_default()),
            kind: &change.kind,
            name: &change.name,
            operation: change.operation(),
            change: Some(change),
            written: OnceCell::new(),
            planned: OnceCell::new(),
            known: Known::default(),
        }
    }

    /// A resource that is written and not planned yet.
    pub(crate) fn of_code(world: &'w World<'a>, modules: &[String], kind: &'w str, name: &'w str) -> Self {
        let modules = modules.to_vec();
        let operation = Operation::Create;
        let (written, planned, known) = (OnceCell::new(), OnceCell::new(), Known::default());
        Self { world, modules, kind, name, operation, change: None, written, planned, known }
    }

    /// The address its instances share.
    pub(crate) fn in_code(&self) -> &str {
        self.known.in_code.get_or_init(|| {
            let mode = self.change.map_or("managed", |change| change.mode.as_str());
            code_address(&self.modules, mode, self.kind, self.name)
        })
    }

    /// The same, to keep.
    pub(crate) fn code_address(&self) -> String {
        self.in_code().to_owned()
    }

    /// Whether an object is there after the change and this change is what makes or changes it.
    pub(crate) fn is_made(&self) -> bool {
        use Operation as O;
        let imported = self.change.is_some_and(ResourceChange::is_import);
        match self.operation {
            O::Create | O::Update | O::Replace | O::ForgetAndCreate | O::Unknown => true,
            O::NoOp => imported,
            O::Delete | O::Forget | O::Read => false,
        }
    }

    /// Whether the object is made anew, so that what the code leaves out has the provider's first value.
    pub(crate) fn begins(&self) -> bool {
        use Operation as O;
        matches!(self.operation, O::Create | O::Replace | O::ForgetAndCreate)
    }

    /// Whether nothing of it is managed afterwards: what can be said of it is what it was.
    pub(crate) fn is_going(&self) -> bool {
        matches!(self.operation, Operation::Delete | Operation::Forget)
    }

    /// An argument's value after the change, with what the code says where the plan does not know.
    pub(crate) fn after(&self, name: &str) -> Value {
        let Some(change) = self.change.map(|change| &change.change) else {
            return self.written().and_then(|written| written.value(name)).unwrap_or(Value::Unknown);
        };
        let at = |tree: &'w Json| tree.get(name).unwrap_or(&Json::Null);
        let mark = match &change.after_unknown {
            Json::Bool(true) => &change.after_unknown,
            marks => at(marks),
        };
        if !change.after.is_object() && !values::has_mark(mark) {
            // Neither an object nor marks: what it will be, nobody knows.
            return Value::Unknown;
        }
        let code = if values::has_mark(mark) && !self.is_secret(name) {
            self.written_as_planned(name)
        } else {
            None
        };
        values::merged(at(&change.after), mark, code.as_ref())
    }

    /// What the code gives an argument, its entries where the plan has them; none when it is not written.
    pub(crate) fn written_as_planned(&self, name: &str) -> Option<Value> {
        let code = self.written()?.value(name)?;
        let Some(change) = self.change.map(|change| &change.change) else { return Some(code) };
        let mark = change.after_unknown.get(name).unwrap_or(&Json::Null);
        Some(arranged(change.after.get(name).unwrap_or(&Json::Null), mark, &code))
    }

    /// All of its values after the change, as [`Self::after`] tells each.
    pub(crate) fn whole(&self) -> Value {
        let Some(change) = self.change.map(|change| &change.change) else {
            return self.written().map_or(Value::Unknown, Written::all);
        };
        let trees = [&change.after, &change.after_unknown].into_iter();
        let names: std::collections::BTreeSet<&String> =
            trees.filter_map(Json::as_object).flat_map(|tree| tree.keys()).collect();
        if names.is_empty() {
            return Value::Unknown;
        }
        Value::Object(names.into_iter().map(|name| (name.clone(), self.after(name))).collect())
    }

    /// An argument's value before the change.
    pub(crate) fn before(&self, name: &str) -> Value {
        let Some(change) = self.change.map(|change| &change.change) else { return Value::Unknown };
        match &change.before {
            Json::Object(before) => values::planned(before.get(name).unwrap_or(&Json::Null), &Json::Null),
            Json::Null => Value::Null,
            _ => Value::Unknown,
        }
    }

    /// Whether resources of this type have the argument; before the plan, whether it is written.
    pub(crate) fn has(&self, name: &str) -> bool {
        match self.change.map(|change| &change.change) {
            Some(change) => {
                change.after.get(name).is_some()
                    || change.after_unknown.get(name).is_some()
                    || self.is_set(name)
            }
            None => self.is_set(name),
        }
    }

    /// Whether the code sets the argument, as far as plan or code tell.
    pub(crate) fn is_set(&self, name: &str) -> bool {
        self.planned().is_some_and(|resource| resource.sets(name))
            || self.written().is_some_and(|written| written.value(name).is_some())
    }

    /// Whether the code is known to leave the argument to the provider's default.
    pub(crate) fn is_left_out(&self, name: &str) -> bool {
        // The plan does not list arguments in dynamic blocks, so the code itself has to be there to tell.
        self.written().is_some_and(|written| written.value(name).is_none())
    }

    /// The same for an argument that is no block: of those the plan itself lists all that are set.
    pub(crate) fn is_omitted(&self, name: &str) -> bool {
        match self.written() {
            Some(written) => written.value(name).is_none(),
            None => self.planned().is_some_and(|resource| !resource.sets(name)),
        }
    }

    /// The policy document that an argument gives, with unknown parts.
    pub(crate) fn document(&self, name: &str) -> Value {
        match self.after(name) {
            Value::String(text) => serde_json::from_str::<Json>(&text)
                .map_or(Value::Unknown, |json| values::planned(&json, &Json::Null)),
            Value::Unknown if !self.is_secret(name) => {
                self.written().map_or(Value::Unknown, |written| written.document(name))
            }
            value => value,
        }
    }

    /// Keys of an argument that is a map, as far as they are written.
    pub(crate) fn written_keys(&self, name: &str) -> Keys {
        match self.written() {
            Some(written) if !self.is_secret(name) => written.keys(name),
            _ => Keys::unknown(),
        }
    }

    /// Whether the argument was redacted, or will be once it is known: then the code's word for it is secret too.
    fn is_secret(&self, name: &str) -> bool {
        let Some(change) = self.change.map(|change| &change.change) else { return false };
        let marked = match &change.after_sensitive {
            Json::Bool(mark) => *mark,
            marks => marks.get(name).is_some_and(values::has_mark),
        };
        marked || change.after.get(name).is_some_and(tfpilot_plan::is_redacted)
    }

    /// The region it is in.
    pub(crate) fn region(&self) -> Region {
        region::of(self)
    }

    /// What the plan's configuration tells of it; none when the code no longer has it.
    pub(crate) fn planned(&self) -> Option<&'w Resource<'a>> {
        *self.planned.get_or_init(|| self.world.wiring.resource(self.in_code()))
    }

    /// What the code says, when it can be read and was found.
    pub(crate) fn written(&self) -> Option<&Written<'w, 'a>> {
        self.written
            .get_or_init(|| {
                let word = if self.change.is_some_and(ResourceChange::is_data) { "data" } else { "resource" };
                let key = self.change.and_then(|change| change.index.as_ref());
                self.world.index.as_ref()?.find(&self.modules, word, self.kind, self.name, key)
            })
            .as_ref()
    }

    /// The comments that skip a check of it, in its block or in a call around it.
    pub(crate) fn skips(&self) -> Vec<Skip> {
        let Some(index) = &self.world.index else { return Vec::new() };
        let word = if self.change.is_some_and(ResourceChange::is_data) { "data" } else { "resource" };
        index.skips(&self.modules, word, &[self.kind.to_owned(), self.name.to_owned()])
    }

    /// Where it is written: in the stack's own code, and in the module around it.
    pub(crate) fn places(&self, argument: Option<&str>) -> (Option<Location>, Option<Location>) {
        if let Some(places) = self.written().and_then(|written| written.places(argument)) {
            return (Some(places.outer.into()), places.inner.map(Location::from));
        }
        let index = self.world.index.as_ref();
        (index.and_then(|index| code::call_place(index, &self.modules)).map(Location::from), None)
    }
}
