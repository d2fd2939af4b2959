/** How fast records are encoded, handed over and written. */
@NullMarked
package io.moondial.edr;

import org.jspecify.annotations.NullMarked;
