/**
 * What the engine is measured against: an echo that speaks MAP by the stack alone, on the same
 * networks.
 */
@NullMarked
package io.moondial.bench.echo;

import org.jspecify.annotations.NullMarked;
