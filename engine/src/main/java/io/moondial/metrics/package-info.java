/** Counters, by name. */
@NullMarked
package io.moondial.metrics;

import org.jspecify.annotations.NullMarked;
