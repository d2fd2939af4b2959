/**
 * Load: many handsets that dial at a rate or as fast as they can, what each turn took, and the
 * ceiling beside it.
 */
@NullMarked
package io.moondial.bench;

import org.jspecify.annotations.NullMarked;
