/** The verb {@code import}: from the configuration of another system to a rules file. */
@NullMarked
package io.moondial.cli.migration;

import org.jspecify.annotations.NullMarked;
