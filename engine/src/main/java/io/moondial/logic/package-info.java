/** The services: who claims a dialog, and how its script, its timer and its messages meet. */
@NullMarked
package io.moondial.logic;

import org.jspecify.annotations.NullMarked;
