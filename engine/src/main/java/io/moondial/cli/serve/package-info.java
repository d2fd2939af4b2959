/** {@code ussd serve}: runs the engine until a signal ends it. */
@NullMarked
package io.moondial.cli.serve;

import org.jspecify.annotations.NullMarked;
