/** Which lines and branches of the scripts have run, and the reports that tell it. */
@NullMarked
package io.moondial.coverage;

import org.jspecify.annotations.NullMarked;
