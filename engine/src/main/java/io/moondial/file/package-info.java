/** Files that people name: how they are read, and what is said if they cannot be. */
@NullMarked
package io.moondial.file;

import org.jspecify.annotations.NullMarked;
