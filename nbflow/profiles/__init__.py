"""Named connections to engines, and where their secrets stand."""

from __future__ import annotations

from nbflow.profiles.profile import AUTHS, ArgoProfile, KfpProfile, Profile
from nbflow.profiles.secret import Secret

__all__ = ["AUTHS", "ArgoProfile", "KfpProfile", "Profile", "Secret"]
