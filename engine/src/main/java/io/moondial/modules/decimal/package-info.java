/** The Lua module {@code stat}: counters of the script's own. */
@NullMarked
package io.moondial.modules.decimal;

import org.jspecify.annotations.NullMarked;
