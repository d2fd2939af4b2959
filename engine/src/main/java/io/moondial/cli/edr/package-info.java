/** {@code ussd edr}: prints records, and checks them. */
@NullMarked
package io.moondial.cli.edr;

import org.jspecify.annotations.NullMarked;
