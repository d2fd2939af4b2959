/** What scripts cost: their speed beside stock LuaJ's, their start, their heap while they wait. */
@NullMarked
package io.moondial.script;

import org.jspecify.annotations.NullMarked;
