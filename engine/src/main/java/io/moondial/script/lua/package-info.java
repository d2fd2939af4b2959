/**
 * The Lua 5.2 language: values, tables, functions, the instruction loop and its meter. {@link
 * io.moondial.script.lua.Compiler} uses LuaJ's compiler; nothing else of LuaJ is used.
 *
 * <p>A Lua value is a Java object: nil is null, then {@link Boolean}, {@link Double}, {@link
 * io.moondial.script.lua.LuaString}, {@link io.moondial.script.lua.LuaTable}, {@link
 * io.moondial.script.lua.LuaFunction} and {@link io.moondial.script.lua.Coroutine}; nothing else
 * may stand where a value stands.
 */
@NullMarked
package io.moondial.script.lua;

import org.jspecify.annotations.NullMarked;
