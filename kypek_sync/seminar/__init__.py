"""The rules of the domain: who may attend, who gets a seat, what deserves a ticket. Pure: values in, values out."""
