/** The verbs with a handset: {@code ussd dial} and {@code ussd handset}. */
@NullMarked
package io.moondial.cli.dial;

import org.jspecify.annotations.NullMarked;
