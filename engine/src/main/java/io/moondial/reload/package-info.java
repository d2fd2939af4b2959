/** Files that people save while the engine runs: when they have changed, and when they rest. */
@NullMarked
package io.moondial.reload;

import org.jspecify.annotations.NullMarked;
