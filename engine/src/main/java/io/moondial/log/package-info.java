/** The engine's log: what a line looks like, and where it goes. */
@NullMarked
package io.moondial.log;

import org.jspecify.annotations.NullMarked;
