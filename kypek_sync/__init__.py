"""kypek-sync keeps seminars, enrolments, meetings and tickets consistent across the services of a support centre."""
