//! The memory of compiled code: where functions are put, and how they are freed.
//!
//! Functions enter an [`Emitter`] one after the other; [`Emitter::finish`] makes them executable and
//! hands them over with their [`Memory`], which ends them when it is dropped.

use std::ffi::c_void;
use std::sync::Mutex;

use cranelift_codegen::Context;
use cranelift_codegen::ir::{AbiParam, FuncRef, Signature, Type, UserFuncName, types};
use cranelift_codegen::isa::TargetFrontendConfig;
use cranelift_codegen::settings::{self, Configurable};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use cranelift_jit::{JITBuilder, JITModule};
use cranelift_module::{FuncId, Linkage, Module};

use super::NotCompiled;
use super::shims::Shim;

/// A compiled function: gets a [`super::shims::Context`] and the register file of its machine,
/// answers as [`super::engine`] says.
///
/// # Safety
/// Whoever calls it passes a valid context and as many registers as the code has, neither of which
/// moves before it returns; and the memory of the function has not been dropped.
pub(super) type Entry = unsafe extern "C" fn(*mut c_void, *mut c_void) -> u64;

/// Owns the memory of compiled functions.
pub(super) struct Memory {
    /// Nobody looks into it until it is dropped; the lock lets threads share the owner.
    module: Mutex<Option<JITModule>>,
}

impl Drop for Memory {
    fn drop(&mut self) {
        let module = self.module.get_mut().ok().and_then(Option::take);
        if let Some(module) = module {
            // SAFETY: the functions are called by `engine` only, which borrows the owner of this
            // memory for as long as a call lasts. So none is running now, and none will be called.
            unsafe { module.free_memory() };
        }
    }
}

/// Takes functions.
pub(super) struct Emitter {
    memory: Memory,
    context: Context,
    scratch: FunctionBuilderContext,
    shims: Vec<FuncId>,
    functions: Vec<FuncId>,
}

impl Emitter {
    /// An emitter for functions that call `shims`.
    pub(super) fn new(shims: &[Shim]) -> Result<Self, NotCompiled> {
        let mut flags = settings::builder();
        // Shims may be anywhere in the address space.
        let set =
            [("use_colocated_libcalls", "false"), ("is_pic", "false"), ("opt_level", "speed")];
        for (name, value) in set {
            flags.set(name, value).map_err(|error| generator(&error))?;
        }
        let native = cranelift_native::builder().map_err(NotCompiled::Unsupported)?;
        let native =
            native.finish(settings::Flags::new(flags)).map_err(|error| generator(&error))?;
        let mut builder = JITBuilder::with_isa(native, cranelift_module::default_libcall_names());
        builder.symbols(shims.iter().map(|shim| (shim.name, shim.address())));
        let module = JITModule::new(builder);
        let context = module.make_context();
        let mut emitter = Self {
            memory: Memory { module: Mutex::new(Some(module)) },
            context,
            scratch: FunctionBuilderContext::new(),
            shims: Vec::new(),
            functions: Vec::new(),
        };
        let module = emitter.memory.module.get_mut().ok().and_then(Option::as_mut);
        if let Some(module) = module {
            let pointer = module.target_config().pointer_type();
            let signature = signature(module, &[pointer, types::I32], types::I32);
            for shim in shims {
                let id = module
                    .declare_function(shim.name, Linkage::Import, &signature)
                    .map_err(|error| generator(&error))?;
                emitter.shims.push(id);
            }
        }
        Ok(emitter)
    }

    /// Makes a function; `translate` fills it and is told how to call the shims, in their order.
    pub(super) fn function(
        &mut self,
        translate: impl FnOnce(FunctionBuilder<'_>, &[FuncRef], TargetFrontendConfig),
    ) -> Result<(), NotCompiled> {
        let Self { memory, context, scratch, shims, functions } = self;
        let module = memory.module.get_mut().ok().and_then(Option::as_mut);
        let Some(module) = module else { return Ok(()) };
        let config = module.target_config();
        let pointer = config.pointer_type();
        context.func.signature = signature(module, &[pointer, pointer], types::I64);
        let id = module
            .declare_anonymous_function(&context.func.signature)
            .map_err(|error| generator(&error))?;
        context.func.name = UserFuncName::user(0, id.as_u32());
        let callable: Vec<FuncRef> = shims
            .iter()
            .map(|shim| module.declare_func_in_func(*shim, &mut context.func))
            .collect();
        translate(FunctionBuilder::new(&mut context.func, scratch), &callable, config);
        module.define_function(id, context).map_err(|error| generator(&error))?;
        module.clear_context(context);
        functions.push(id);
        Ok(())
    }

    /// Makes the functions executable: their memory, and their entries in the order in which they
    /// came.
    pub(super) fn finish(mut self) -> Result<(Memory, Vec<Entry>), NotCompiled> {
        let mut entries = Vec::new();
        if let Some(module) = self.memory.module.get_mut().ok().and_then(Option::as_mut) {
            module.finalize_definitions().map_err(|error| generator(&error))?;
            for id in &self.functions {
                let address = module.get_finalized_function(*id);
                // SAFETY: the address is that of a function which was made with the signature of
                // `Entry` and the C calling convention of this machine.
                entries.push(unsafe { std::mem::transmute::<*const u8, Entry>(address) });
            }
        }
        Ok((self.memory, entries))
    }
}

fn signature(module: &JITModule, params: &[Type], returns: Type) -> Signature {
    let mut signature = module.make_signature();
    signature.params.extend(params.iter().map(|ty| AbiParam::new(*ty)));
    signature.returns.push(AbiParam::new(returns));
    signature
}

/// An error of the code generator, with what it was about.
fn generator(error: &dyn std::error::Error) -> NotCompiled {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    NotCompiled::Generator(text)
}
