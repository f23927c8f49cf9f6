//! Random statements, driven by the tables of functions and paths. Most of them fit their types, so
//! that they compile and do something; some do not, so that the faults are compared as well.

use holt_runtime::functions::{Dialect, FUNCTIONS, FunctionDecl, Shim, Takes};
use holt_runtime::paths::{ContextDecl, Keys, PathDecl};
use holt_runtime::types::Type;

use super::choices::Choices;
use super::payload::KEYS;
use super::words;

/// Makes statements for a context.
pub(crate) struct Statements<'c> {
    pub(crate) choices: &'c mut Choices,
    pub(crate) context: &'static ContextDecl,
    pub(crate) dialect: Dialect,
}

/// How deep expressions go.
const DEPTH: usize = 3;

impl Statements<'_> {
    /// A statement.
    pub(crate) fn statement(&mut self) -> String {
        let editors = self.functions(|function| function.is_editor());
        let action = if self.choices.percent(35) {
            self.store()
        } else {
            let editor = *self.choices.of(&editors);
            if matches!(editor.run, Shim::Set) { self.store() } else { self.call(editor, DEPTH) }
        };
        if self.choices.percent(30) {
            let condition = self.condition(2);
            return format!("{action} where {condition}");
        }
        action
    }

    fn store(&mut self) -> String {
        let (path, decl, keyed) = self.place(|decl| decl.set != Type::NOTHING);
        let wants = if keyed { Type::VALUE } else { decl.set };
        let value = self.expression(wants, DEPTH);
        format!("set({path}, {value})")
    }

    /// A condition.
    pub(crate) fn condition(&mut self, depth: usize) -> String {
        match self.choices.below(if depth == 0 { 3 } else { 6 }) {
            0 => {
                let left = self.expression(Type::VALUE, 1);
                let op = *self.choices.of(&["==", "!=", "<", "<=", ">", ">="]);
                let right = self.expression(Type::VALUE, 1);
                format!("{left} {op} {right}")
            }
            1 => {
                let (path, decl, keyed) = self.place(|decl| decl.get != Type::NOTHING);
                let ty = if keyed { Type::VALUE } else { decl.get };
                let op = *self.choices.of(&["==", "!=", "<", ">="]);
                let right = self.expression(ty, 1);
                format!("{path} {op} {right}")
            }
            2 => {
                let converters = self.functions(|function| function.returns == Type::BOOL);
                match converters.is_empty() {
                    true => "true".to_owned(),
                    false => {
                        let function = *self.choices.of(&converters);
                        self.call(function, 1)
                    }
                }
            }
            3 => format!("not ({})", self.condition(depth - 1)),
            4 => format!("{} and {}", self.condition(depth - 1), self.condition(0)),
            _ => format!("({} or {})", self.condition(depth - 1), self.condition(0)),
        }
    }

    fn functions(&self, fits: impl Fn(&FunctionDecl) -> bool) -> Vec<&'static FunctionDecl> {
        FUNCTIONS
            .iter()
            .filter(|function| self.dialect.knows_in(function.offered, self.context))
            .filter(|function| function.offered.gate.is_none() && fits(function))
            // Every run has another answer.
            .filter(|function| !matches!(function.name, "Now" | "UUID" | "UUIDv7"))
            // The reference copies the copy, and so on without end, unless a condition keeps it.
            .filter(|function| function.name != "copy_metric")
            .collect()
    }

    /// A path with or without keys, and whether it has any.
    fn place(&mut self, fits: impl Fn(&PathDecl) -> bool) -> (String, &'static PathDecl, bool) {
        let own = self.context.prefixes[0].name;
        let prefixes = self.context.prefixes.iter();
        let all: Vec<_> = prefixes
            .flat_map(|prefix| prefix.paths.iter().map(move |decl| (prefix.name, decl)))
            .filter(|(prefix, decl)| {
                (*prefix == own || decl.name != "cache") && *prefix != "otelcol"
            })
            .collect();
        let fitting: Vec<_> = all.iter().copied().filter(|(_, decl)| fits(decl)).collect();
        // A context may have no path of some type.
        let rows = if fitting.is_empty() { all } else { fitting };
        // Mostly the record's own.
        let mine: Vec<_> = rows.iter().copied().filter(|(prefix, _)| *prefix == own).collect();
        let from = if self.choices.percent(70) && !mine.is_empty() { &mine } else { &rows };
        let (prefix, decl) = *self.choices.of(from);
        let mut path = format!("{prefix}.{}", decl.name);
        let mut keyed = false;
        match decl.keys {
            Keys::Value if self.choices.percent(85) => {
                keyed = true;
                path.push_str(&format!("[\"{}\"]", self.choices.of(&KEYS)));
                if self.choices.percent(15) {
                    let inner = *self.choices.of(&["\"s\"", "\"l\"", "0", "1", "7"]);
                    path.push_str(&format!("[{inner}]"));
                }
            }
            Keys::Member if self.choices.percent(50) => {
                keyed = true;
                path.push_str("[\"a\"]");
            }
            _ => {}
        }
        (path, decl, keyed)
    }

    /// An expression that mostly yields a type.
    fn expression(&mut self, wants: Type, depth: usize) -> String {
        let wants = if self.choices.percent(6) { Type::ANY } else { wants };
        let choice = self.choices.below(10);
        if depth > 0 && choice < 4 {
            let fitting = self.functions(|function| {
                !function.is_editor() && !function.returns.is_disjoint(wants.without(Type::NIL))
            });
            if !fitting.is_empty() {
                let function = *self.choices.of(&fitting);
                let mut call = self.call(function, depth - 1);
                if !function.returns.is_disjoint(Type::MAP.or(Type::LIST))
                    && self.choices.percent(15)
                {
                    const INDICES: [&str; 3] = ["[0]", "[\"a\"]", "[\"s\"]"];
                    let key = *self.choices.of(&INDICES);
                    call.push_str(key);
                }
                return call;
            }
        }
        if depth > 0 && choice == 4 && !wants.is_disjoint(Type::NUMBER) {
            let op = *self.choices.of(&["+", "-", "*", "/"]);
            let (left, right) = (self.operand(depth), self.operand(depth));
            return format!("({left} {op} {right})");
        }
        if choice < 8 {
            let present = wants.without(Type::NIL);
            let (path, ..) = self.place(|decl| {
                !decl.get.is_disjoint(present)
                    || (decl.keys != Keys::None && !Type::VALUE.is_disjoint(present))
            });
            return path;
        }
        self.literal(wants)
    }

    fn operand(&mut self, depth: usize) -> String {
        if self.choices.percent(40) {
            return (*self.choices.of(&["1", "2.5", "0", "-3", "7"])).to_owned();
        }
        let value = self.expression(Type::NUMBER.or(Type::TIME).or(Type::DURATION), depth - 1);
        // Arithmetic takes numbers, paths and calls as text, no other literals.
        let fits = value.starts_with(|first: char| first.is_ascii_alphabetic() || first == '(');
        let word = matches!(value.as_str(), "nil" | "true" | "false");
        if fits && !word { value } else { "7".to_owned() }
    }

    fn literal(&mut self, wants: Type) -> String {
        let kinds: Vec<Type> = [
            Type::STRING,
            Type::INT,
            Type::FLOAT,
            Type::BOOL,
            Type::BYTES,
            Type::NIL,
            Type::LIST,
            Type::MAP,
        ]
        .into_iter()
        .filter(|ty| !ty.is_disjoint(wants))
        .collect();
        if kinds.is_empty() {
            let symbols: Vec<&str> = self.symbols();
            return match symbols.is_empty() {
                true => "nil".to_owned(),
                false => (*self.choices.of(&symbols)).to_owned(),
            };
        }
        let ty = *self.choices.of(&kinds);
        if ty == Type::LIST {
            let count = self.choices.below(4);
            let items: Vec<_> = (0..count).map(|_| self.scalar()).collect();
            return format!("[{}]", items.join(", "));
        }
        if ty == Type::MAP {
            // One entry: the reference has no order among several.
            let key = *self.choices.of(&KEYS);
            return format!("{{\"{key}\": {}}}", self.scalar());
        }
        if ty == Type::INT && self.choices.percent(20) {
            let symbols = self.symbols();
            if !symbols.is_empty() {
                return (*self.choices.of(&symbols)).to_owned();
            }
        }
        words::literal(self.choices, ty, "", "")
    }

    fn symbols(&self) -> Vec<&'static str> {
        self.context.enums.iter().flat_map(|table| table.values).map(|(name, _)| *name).collect()
    }

    fn scalar(&mut self) -> String {
        let ty = *self.choices.of(&[Type::STRING, Type::INT, Type::FLOAT, Type::BOOL]);
        words::literal(self.choices, ty, "", "")
    }

    fn call(&mut self, function: &'static FunctionDecl, depth: usize) -> String {
        let required = function.params.iter().filter(|param| !param.optional).count();
        let mut count = required;
        while count < function.params.len() && self.choices.percent(35) {
            count += 1;
        }
        let args: Vec<String> = function.params[..count]
            .iter()
            .map(|param| {
                let arg = self.argument(function.name, param.name, param.takes, depth);
                let named = param.optional && self.choices.percent(30);
                if named { format!("{}={arg}", param.name) } else { arg }
            })
            .collect();
        // What stands behind a named argument must be named too.
        let first_named = args.iter().position(|arg| is_named(arg));
        let args: Vec<String> = args
            .into_iter()
            .enumerate()
            .map(|(index, arg)| match first_named {
                Some(first) if index > first && !is_named(&arg) => {
                    format!("{}={arg}", function.params[index].name)
                }
                _ => arg,
            })
            .collect();
        format!("{}({})", function.name, args.join(", "))
    }

    fn argument(&mut self, function: &str, param: &str, takes: Takes, depth: usize) -> String {
        let text = |this: &mut Self| format!("\"{}\"", words::text(this.choices, function, param));
        match takes {
            Takes::Path => self.place(|decl| decl.set != Type::NOTHING).0,
            Takes::MapPath | Takes::ListPath => {
                let wants = if takes == Takes::MapPath { Type::MAP } else { Type::LIST };
                let loose = self.choices.percent(10);
                self.place(|decl| {
                    loose
                        || (decl.keys != Keys::None || !decl.get.is_disjoint(wants))
                            && decl.set != Type::NOTHING
                })
                .0
            }
            Takes::Pattern => text(self),
            Takes::Literal(ty) if self.choices.percent(96) => {
                words::literal(self.choices, ty, function, param)
            }
            Takes::Literals(ty) => {
                let count = self.choices.below(4);
                let items: Vec<_> =
                    (0..count).map(|_| words::literal(self.choices, ty, function, param)).collect();
                format!("[{}]", items.join(", "))
            }
            Takes::List(ty) => {
                let count = self.choices.below(4);
                let items: Vec<_> = (0..count)
                    .map(|_| match ty == Type::STRING && self.choices.percent(70) {
                        true => text(self),
                        false => self.expression(ty, depth.saturating_sub(1)),
                    })
                    .collect();
                format!("[{}]", items.join(", "))
            }
            Takes::Exactly(ty) if ty == Type::STRING && self.choices.percent(50) => text(self),
            Takes::Exactly(ty) => self.expression(ty, depth),
            Takes::TextLike => self.expression(Type::VALUE, depth),
            Takes::IntLike | Takes::FloatLike | Takes::BoolLike => {
                self.expression(Type::NUMBER.or(Type::STRING).or(Type::BOOL), depth)
            }
            Takes::BytesLike if self.choices.percent(50) => text(self),
            Takes::Function => {
                const FUNCTIONS: [&str; 6] =
                    ["SHA256", "ToUpperCase", "ParseJSON", "Duration", "Split", "IsString"];
                (*self.choices.of(&FUNCTIONS)).to_owned()
            }
            Takes::Elements => self.expression(Type::LIST, depth),
            _ if self.choices.percent(30) => text(self),
            _ => self.expression(Type::VALUE, depth),
        }
    }
}

fn is_named(arg: &str) -> bool {
    let end = arg.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    end.is_some_and(|end| end > 0 && arg[end..].starts_with('=') && !arg[end..].starts_with("=="))
}
