/** The command {@code ussd} and its verbs. */
@NullMarked
package io.starhash.cli;

import org.jspecify.annotations.NullMarked;
