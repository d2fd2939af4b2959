/** {@code ussd bench}: measures how many dialogs an engine holds. */
@NullMarked
package io.moondial.cli.bench;

import org.jspecify.annotations.NullMarked;
