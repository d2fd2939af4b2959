/** The command {@code ussd} and its verbs. */
@NullMarked
package io.moondial.cli;

import org.jspecify.annotations.NullMarked;
