/** The reports about scripted dialog tests. */
@NullMarked
package io.moondial.dialogtest.report;

import org.jspecify.annotations.NullMarked;
