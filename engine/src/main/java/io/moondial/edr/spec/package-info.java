/**
 * What each type of EDR holds, as {@code edr-spec/} states it, and the check of records and files.
 */
@NullMarked
package io.moondial.edr.spec;

import org.jspecify.annotations.NullMarked;
