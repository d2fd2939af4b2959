/** How fast values are read and written. */
@NullMarked
package io.moondial.modules.kv;

import org.jspecify.annotations.NullMarked;
