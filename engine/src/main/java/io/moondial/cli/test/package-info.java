/** {@code ussd test}: runs, watches and records dialog tests. */
@NullMarked
package io.moondial.cli.test;

import org.jspecify.annotations.NullMarked;
