/** How fast records are encoded, handed over and written. */
@NullMarked
package io.starhash.edr;

import org.jspecify.annotations.NullMarked;
