"""Named connections to engines, and where their secrets stand."""

from __future__ import annotations

from nbflow.profiles.profile import AUTHS, LOCAL, ArgoProfile, KfpProfile, Profile
from nbflow.profiles.secret import Secret

__all__ = ["AUTHS", "LOCAL", "ArgoProfile", "KfpProfile", "Profile", "Secret"]
