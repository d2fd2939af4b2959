/** Counters, by name. */
@NullMarked
package io.starhash.metrics;

import org.jspecify.annotations.NullMarked;
