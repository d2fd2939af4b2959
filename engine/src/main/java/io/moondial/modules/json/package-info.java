/** The Lua module {@code json}: JSON text to Lua values and back. */
@NullMarked
package io.moondial.modules.json;

import org.jspecify.annotations.NullMarked;
