/** The far end: a handset that dials, answers and gives up. */
@NullMarked
package io.moondial.handset;

import org.jspecify.annotations.NullMarked;
