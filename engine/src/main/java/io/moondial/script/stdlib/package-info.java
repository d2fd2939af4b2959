/** Lua 5.2's standard library, as far as a script may have it: stateless, shared, read-only. */
@NullMarked
package io.moondial.script.stdlib;

import org.jspecify.annotations.NullMarked;
