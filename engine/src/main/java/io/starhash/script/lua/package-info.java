/**
 * The Lua 5.2 language: values, tables, functions, the instruction loop and its meter. LuaJ's
 * compiler stands behind {@link io.starhash.script.lua.Compiler}; nothing else of LuaJ is used.
 *
 * <p>A Lua value is a Java object: nil is null, then {@link Boolean}, {@link Double}, {@link
 * io.starhash.script.lua.LuaString}, {@link io.starhash.script.lua.LuaTable} and {@link
 * io.starhash.script.lua.LuaFunction}; nothing else may stand where a value stands.
 */
@NullMarked
package io.starhash.script.lua;

import org.jspecify.annotations.NullMarked;
