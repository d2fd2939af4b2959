/** Which lines and branches of the scripts have run, and the reports about it. */
@NullMarked
package io.moondial.coverage;

import org.jspecify.annotations.NullMarked;
