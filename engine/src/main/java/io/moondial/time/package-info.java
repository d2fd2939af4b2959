/** Time as the engine sees it, so that a test can move it. */
@NullMarked
package io.moondial.time;

import org.jspecify.annotations.NullMarked;
