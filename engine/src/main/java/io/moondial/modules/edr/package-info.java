/** The Lua module {@code edr}: records of the script's own. */
@NullMarked
package io.moondial.modules.edr;

import org.jspecify.annotations.NullMarked;
