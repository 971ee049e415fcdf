"""Assignment: who reviews what, the canonical optimum with the prices that prove it."""

from accord.methods.assignment.capacity import Gain, SideWorth, side_worth
from accord.methods.assignment.certificate import AssignmentCertificate, CertificateCheck
from accord.methods.assignment.grouped import GroupedAssignment, Grouping, assign_grouped
from accord.methods.assignment.optimum import METHOD, VERSION, Assignment, AssignmentInfeasible, assign
from accord.methods.assignment.prices import AssignmentPrices
from accord.methods.assignment.randomised import RandomisedAssignment, randomised
from accord.methods.assignment.reasons import AssignmentReason

__all__ = [
    "METHOD",
    "VERSION",
    "Assignment",
    "AssignmentCertificate",
    "AssignmentInfeasible",
    "AssignmentPrices",
    "AssignmentReason",
    "CertificateCheck",
    "Gain",
    "GroupedAssignment",
    "Grouping",
    "RandomisedAssignment",
    "SideWorth",
    "assign",
    "assign_grouped",
    "randomised",
    "side_worth",
]
