"""The motions that a recipe may name."""

from animations.motion.motion_def import MotionDef
from animations.motion.terms.bending import BENDING
from animations.motion.terms.bouncing import BOUNCING
from animations.motion.terms.colouring import COLOURING
from animations.motion.terms.scaling import SCALING
from animations.motion.terms.swinging import SWINGING
from animations.motion.terms.travelling import TRAVELLING

MOTIONS: dict[str, MotionDef] = {
    motion.name: motion for motion in (*BOUNCING, *SWINGING, *TRAVELLING, *SCALING, *BENDING, *COLOURING)
}
