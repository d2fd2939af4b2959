/** {@code ussd push}: orders pushes of a running engine, one or a list of them. */
@org.jspecify.annotations.NullMarked
package io.moondial.cli.push;
