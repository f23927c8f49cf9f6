//! `UserAgent`

use super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use holt_pdata::ValueView;

use crate::encode::map;
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::text::user_agent::{agent, system};
use crate::types::Type;
use crate::value::Value;

pub(super) const USER_AGENT: FunctionDecl = FunctionDecl {
    name: "UserAgent",
    doc: "What a `User-Agent` header says: name and version of the agent, and of the operating system, as \
          attributes of the semantic conventions.",
    params: &[Param::required("user_agent", Takes::Exactly(Type::STRING))],
    returns: Type::MAP,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"ua": "curl/7.81.0"}"#,
            statement: r#"set(log.attributes["m"], UserAgent(log.attributes["ua"]))"#,
            expect: r#"{"ua": "curl/7.81.0", "m": {"os.name": "Other", "user_agent.name": "curl", "user_agent.original": "curl/7.81.0", "user_agent.version": "7.81.0"}}"#,
        },
        Example {
            given: r#"{"ua": 1}"#,
            statement: r#"set(log.attributes["m"], UserAgent(log.attributes["ua"]))"#,
            expect: "error",
        },
    ],
    run: Shim::Converter(user_agent),
};

fn user_agent<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Str(text)] = *args else { return Err(EvalError::Internal("UserAgent")) };
    let (agent, system) = (agent(text), system(text));
    let mut entries = vec![("os.name", system.name.as_str())];
    if !system.version.is_empty() {
        entries.push(("os.version", &system.version));
    }
    entries.push(("user_agent.name", &agent.name));
    entries.push(("user_agent.original", text));
    entries.push(("user_agent.version", &agent.version));
    let entries = entries.into_iter().map(|(name, text)| (name, ValueView::Str(text)));
    Ok(Value::Map(map(work.arena, entries)))
}
