/** Operators' Lua: compiled by LuaJ, run, bounded and kept apart by this package. */
@NullMarked
package io.starhash.script;

import org.jspecify.annotations.NullMarked;
