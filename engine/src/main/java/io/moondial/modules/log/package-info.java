/** The Lua module {@code log}: lines in the engine's log. */
@NullMarked
package io.moondial.modules.log;

import org.jspecify.annotations.NullMarked;
