/** The verb {@code ussd demo}: an example service with all that it needs around it. */
@NullMarked
package io.moondial.cli.demo;

import org.jspecify.annotations.NullMarked;
