/** What is told of scripted dialog tests. */
@NullMarked
package io.starhash.dialogtest.report;

import org.jspecify.annotations.NullMarked;
