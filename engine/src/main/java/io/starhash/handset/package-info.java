/** The far end: a handset that dials, answers and gives up. */
@NullMarked
package io.starhash.handset;

import org.jspecify.annotations.NullMarked;
