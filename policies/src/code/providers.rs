//! Provider blocks: which one a resource uses, and the values written in it.

use tfpilot_hcl::{Expression, ObjectKey, TraversalOperator, Value, evaluate};

use super::{Index, Keys, Written, agreed, keys};

/// A provider configuration by the module it stands in, its name and its alias.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Provider {
    pub(crate) modules: Vec<String>,
    pub(crate) name: String,
    pub(crate) alias: Option<String>,
}

impl Provider {
    /// Reads Terraform's key of a configuration: `aws`, `aws.use1`, `module.a.module.b:aws`.
    pub(crate) fn parse(key: &str) -> Self {
        let (module, local) = key.rsplit_once(':').unwrap_or(("", key));
        let (name, alias) = local.split_once('.').map_or((local, None), |(name, alias)| (name, Some(alias)));
        let modules = crate::address::module_names(module);
        Self { modules, name: name.to_owned(), alias: alias.map(str::to_owned) }
    }
}

impl<'a> Index<'a> {
    /// An argument of a provider configuration; none when it is not written.
    pub(crate) fn provider_argument(&self, provider: &Provider, argument: &str) -> Option<Value> {
        let (attribute, instances) = self.provider_attribute(provider, argument)?;
        Some(agreed(
            instances
                .iter()
                .map(|instance| evaluate(attribute, &instance.scope(&instance.roots, self.files()))),
        ))
    }

    /// The keys of `default_tags` of a provider configuration.
    pub(crate) fn default_tags(&self, provider: &Provider) -> Keys {
        let Some(block) = self.provider_block(provider) else { return Keys::unknown() };
        let mut blocks = block.body.named("default_tags");
        let Some(tags) = blocks.next() else {
            let dynamic = block.body.named("dynamic").next().is_some();
            return if dynamic { Keys::unknown() } else { Keys::default() };
        };
        let Some(tags) = tags.body.get("tags") else { return Keys::default() };
        Keys::agreed(self.instances(&provider.modules).iter().flat_map(|instance| {
            self.views(instance, block, None)
                .iter()
                .map(|view| keys::of(&tags.value, &keys::At::new(self, view, &provider.modules)))
                .collect::<Vec<_>>()
        }))
    }

    /// Whether a provider configuration is written.
    pub(crate) fn has_provider(&self, provider: &Provider) -> bool {
        self.provider_block(provider).is_some()
    }

    fn provider_attribute(
        &self,
        provider: &Provider,
        argument: &str,
    ) -> Option<(&'a Expression, &[&'a tfpilot_hcl::Instance])> {
        let block = self.provider_block(provider)?;
        Some((&block.body.get(argument)?.value, self.instances(&provider.modules)))
    }

    fn provider_block(&self, provider: &Provider) -> Option<&'a tfpilot_hcl::Block> {
        let alias = |block: &tfpilot_hcl::Block| {
            let alias = block.body.get("alias")?;
            evaluate(&alias.value, &tfpilot_hcl::Scope::empty()).as_str().map(str::to_owned)
        };
        let blocks = self.blocks(&provider.modules, "provider", std::slice::from_ref(&provider.name));
        let mut blocks =
            blocks.iter().map(|(_, block)| *block).filter(|block| alias(block) == provider.alias);
        let first = blocks.next()?;
        // An overriding block would have to be laid over it.
        blocks.next().is_none().then_some(first)
    }
}

impl Written<'_, '_> {
    /// The provider configuration this resource uses, followed through the calls of modules.
    pub(crate) fn provider(&self, kind: &str) -> Option<Provider> {
        let (mut name, mut alias) = match self.argument("provider") {
            Some((_, attribute)) => local_name(&attribute.value)?,
            None => (kind.split('_').next()?.to_owned(), None),
        };
        let mut modules = self.modules.clone();
        loop {
            let provider = Provider { modules: modules.clone(), name, alias };
            if modules.is_empty() || self.index.has_provider(&provider) {
                return Some(provider);
            }
            let (call, _) = self.index.caller(&modules)?;
            (name, alias) = match call.block.body.get("providers").map(|providers| &providers.value) {
                Some(Expression::Object(passed)) => {
                    let found = passed.iter().find_map(|(key, value)| {
                        let key = match key {
                            ObjectKey::Ident(name) => (name.as_str().to_owned(), None),
                            ObjectKey::Expression(key) => local_name(key)?,
                        };
                        (key == (provider.name.clone(), provider.alias.clone()))
                            .then(|| local_name(value.expr()))
                    });
                    found.unwrap_or(Some((provider.name, provider.alias)))?
                }
                Some(_) => return None,
                None => (provider.name, provider.alias),
            };
            modules.pop();
        }
    }
}

/// `aws` or `aws.use1`, as references to providers are written.
fn local_name(expr: &Expression) -> Option<(String, Option<String>)> {
    if let Some(name) = expr.as_variable() {
        return Some((name.as_str().to_owned(), None));
    }
    let traversal = expr.as_traversal()?;
    let name = traversal.expr.as_variable()?.as_str().to_owned();
    match traversal.operators.as_slice() {
        [only] => match only.value() {
            TraversalOperator::GetAttr(alias) => Some((name, Some(alias.value().as_str().to_owned()))),
            _ => None,
        },
        _ => None,
    }
}
