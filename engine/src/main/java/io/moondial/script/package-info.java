/** Operators' Lua: compiled by LuaJ, run, bounded and kept apart by this package. */
@NullMarked
package io.moondial.script;

import org.jspecify.annotations.NullMarked;
